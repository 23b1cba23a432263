/** Asks for /health again and again, and tells the slowest answer since it was last told to begin anew. */
import http from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';

const GIVEN_UP_MS = 30_000;
let slowest = 0;
let askedAt = performance.now();

function ask() {
  askedAt = performance.now();
  const end = () => {
    slowest = Math.max(slowest, performance.now() - askedAt);
    setTimeout(ask, 50);
  };
  const request = http.get(`${workerData.url}/health`, { agent: false, timeout: GIVEN_UP_MS }, (response) => {
    response.resume();
    response.once('end', end);
  });
  request.once('timeout', () => request.destroy());
  request.once('error', end);
}
ask();

parentPort.on('message', (what) => {
  if (what === 'restart') slowest = 0;
  // The one under way has waited for so long already.
  parentPort.postMessage(Math.max(slowest, performance.now() - askedAt - 60));
});
