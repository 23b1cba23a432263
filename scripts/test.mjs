// npm test: makes ready what is missing, then runs jest with the given arguments. The build comes first because some
// tests start the built service.
import { become, buildIfStale, installMissing, requireNode } from './prepare.mjs';

requireNode();
installMissing();
buildIfStale();
become('node_modules/jest/bin/jest.js');
