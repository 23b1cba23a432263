/** The service under attack: a build's main.js with its embedded database, its memory, its processor time, and a client that is in no hurry. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { Worker } from 'node:worker_threads';

const PATIENCE_MS = 20_000;
const TICKS_PER_SECOND = 100;

/** Starts the build in a folder that is removed at the end. */
export async function startTarget(build) {
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'offerbook-hostile-'));
  const adminKey = randomBytes(30).toString('base64url');
  const env = { ...process.env, DATA_DIR: dataDir, ADMIN_KEY: adminKey, PORT: '0', DEMO: 'false', LOG_LEVEL: 'fatal' };
  const child = spawn(process.execPath, [path.join(build, 'src/main.js')], {
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = new Promise((done) => child.once('exit', done));
  const url = await firstAddress(child);
  const health = watchHealth(url);
  return {
    url,
    adminKey,
    get isAlive() {
      return child.exitCode === null && child.signalCode === null;
    },
    /** What something costs: time, processor time, memory at its highest, the slowest answer of /health, bytes on disk. */
    async measure(run) {
      const memory = watchMemory(child.pid);
      const before = { cpu: cpuMs(child.pid), disk: bytesOf(dataDir) };
      await health.restart();
      const startedAt = performance.now();
      const outcome = await run();
      const ms = performance.now() - startedAt;
      const healthMs = await health.slowest();
      return {
        ...outcome,
        ms,
        healthMs,
        cpu: cpuMs(child.pid) - before.cpu,
        rss: memory.stop(),
        disk: bytesOf(dataDir) - before.disk,
      };
    },
    async stop() {
      health.stop();
      child.kill('SIGTERM');
      const killed = setTimeout(() => child.kill('SIGKILL'), 12_000);
      await ended;
      clearTimeout(killed);
      fs.rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function firstAddress(child) {
  for await (const text of readline.createInterface({ input: child.stdout })) {
    const found = /Offerbook +(http:\S+)/.exec(text);
    if (found === null) continue;
    child.stdout.resume();
    return found[1].replace('localhost', '127.0.0.1');
  }
  throw new Error('The service ended before it served');
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });

/** Sends a request; a status of 0 means that there was no answer in time. */
export function send(url, method, body, headers) {
  const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
  const sizeIn = Buffer.byteLength(text);
  const all = { 'content-type': 'application/json', 'content-length': sizeIn, ...headers };
  return new Promise((done) => {
    const request = http.request(url, { method, agent, headers: all }, (response) => {
      const parts = [];
      let sizeOut = 0;
      response.on('data', (part) => {
        sizeOut += part.length;
        if (sizeOut < 1_000_000) parts.push(part);
      });
      response.on('end', () =>
        done({ status: response.statusCode, sizeIn, sizeOut, text: Buffer.concat(parts).toString() }),
      );
      response.on('error', () => done({ status: 0, sizeIn, sizeOut }));
    });
    const patience = setTimeout(() => request.destroy(new Error('no answer')), PATIENCE_MS);
    request.on('error', () => done({ status: 0, sizeIn, sizeOut: 0 }));
    request.on('close', () => clearTimeout(patience));
    request.end(text);
  });
}

/** Asks for /health several times a second from a thread of its own, which our own work does not hold up. */
function watchHealth(url) {
  const worker = new Worker(new URL('./health.mjs', import.meta.url), { workerData: { url } });
  const ask = (what) =>
    new Promise((done) => {
      worker.once('message', done);
      worker.postMessage(what);
    });
  return { restart: () => ask('restart'), slowest: () => ask('slowest'), stop: () => worker.terminate() };
}

function watchMemory(pid) {
  let highest = rssOf(pid);
  const timer = setInterval(() => {
    highest = Math.max(highest, rssOf(pid));
  }, 20);
  return {
    stop() {
      clearInterval(timer);
      return Math.max(highest, rssOf(pid));
    },
  };
}

function rssOf(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readProc(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;
}

function cpuMs(pid) {
  const fields = readProc(`/proc/${pid}/stat`).split(') ')[1]?.split(' ') ?? [];
  return ((Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * 1000) / TICKS_PER_SECOND;
}

function readProc(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function bytesOf(folder) {
  let bytes = 0;
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    // A file of the database may be gone by now; its log is written whatever is asked.
    if (entry.isFile() && !entry.parentPath.includes('pg_wal')) {
      bytes += fs.statSync(path.join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0;
    }
  }
  return bytes;
}
