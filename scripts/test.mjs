// npm test: makes ready what is missing, then runs jest with the given arguments. The build comes first because some
// tests start the built service.
import { buildIfStale, installMissing, requireNode, run } from './prepare.mjs';

requireNode();
installMissing();
buildIfStale();
run(process.execPath, 'node_modules/jest/bin/jest.js', ...process.argv.slice(2));
