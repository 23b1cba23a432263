// npm start: makes ready what is missing, then becomes the service. The service runs in this very process, so that a
// signal, a kill -9 included, reaches it and nothing has to be passed on.
import Module from 'node:module';
import path from 'node:path';
import { buildIfStale, installMissing, requireNode, root } from './prepare.mjs';

requireNode();
installMissing();
buildIfStale();

// Ctrl-C comes twice under npm, from the terminal and from npm: the service's own handler must see a first signal only,
// and a second one must not end the process in the middle of an orderly stop.
for (const signal of ['SIGINT', 'SIGTERM']) {
  let stopping = false;
  process.on(signal, () => {
    if (!stopping && process.listenerCount(signal) === 1) process.exit(signal === 'SIGINT' ? 130 : 143);
    stopping = true;
  });
}

process.setSourceMapsEnabled(true);
process.argv[1] = path.join(root, 'build/dist/src/main.js');
Module.runMain();
