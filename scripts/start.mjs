// npm start: makes ready what is missing, then becomes the service. The service runs in this very process, so that a
// signal, a kill -9 included, reaches it and nothing has to be passed on.
import { become, buildIfStale, installMissing, requireNode } from './prepare.mjs';

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

// An npm that is killed cannot pass anything on: without it nobody would know of this process any more.
const parent = process.ppid;
if (process.env.npm_lifecycle_event === 'start') {
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM');
  }, 250).unref();
}

process.setSourceMapsEnabled(true);
become('build/dist/src/main.js');
