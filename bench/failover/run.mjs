/**
 * node bench/failover/run.mjs [--faults kill,freeze,…] [--ways haproxy,hosts] [--etcd3]: a cluster as deploy/ha has it, four processes of the
 * service on it (two through haproxy, two that know the machines), redemptions without end, and one fault after the
 * other. Prints what was answered, and what is there afterwards. Needs root, and Debian's patroni, etcd-server, haproxy,
 * postgresql-15, iproute2 and curl. KEEP=1 leaves the logs.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import readline from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { MACHINES, startCluster, until } from './cluster.mjs';

const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const ADMIN_KEY = randomBytes(24).toString('base64url');
const SERVICE = 'postgresql://offerbook:trial@';
const WAYS = {
  haproxy: `${SERVICE}127.0.0.1:5432/offerbook`,
  hosts: `${SERVICE}db-1,db-2,db-3/offerbook?target_session_attrs=read-write`,
};
const SETTINGS = { LOG_LEVEL: 'warn', WEBHOOK_ALLOW_PRIVATE: 'true' };
/** All of them are reached after the fault, at the rate below. */
const LIMITS = { total: 1_500, code: 1_200, budget: 1_800, perCustomer: 2, customers: 500 };
const CLIENTS = { clients: 6, everyMs: 300 };
const BEFORE_MS = 8_000;
const AFTER_MS = 20_000;

const each = (act) => {
  for (const machine of MACHINES) act(machine);
};

/** What is done to the leader, and for how long. */
const FAULTS = {
  crash: {
    name: 'kill -9 of PostgreSQL',
    seconds: 20,
    begin: (cluster, leader) => cluster.signal(leader, 'SIGKILL', 'postgres '),
  },
  kill: {
    name: 'kill -9 of all of the machine',
    seconds: 30,
    begin: (cluster, leader) => cluster.signal(leader, 'SIGKILL'),
    end: (cluster, leader) => cluster.startMachine(leader),
  },
  freeze: {
    name: 'machine frozen for 40 s',
    seconds: 40,
    begin: (cluster, leader) => cluster.signal(leader, 'SIGSTOP'),
    end: (cluster, leader) => cluster.signal(leader, 'SIGCONT'),
  },
  cut: {
    name: 'network cut for 40 s',
    seconds: 40,
    begin: (cluster, leader) => cluster.cable(leader, 'down'),
    end: (cluster, leader) => cluster.cable(leader, 'up'),
  },
  patroni: {
    name: 'only Patroni frozen for 40 s',
    seconds: 40,
    begin: (cluster, leader) => cluster.signal(leader, 'SIGSTOP', 'patroni'),
    end: (cluster, leader) => cluster.signal(leader, 'SIGCONT', 'patroni'),
  },
  standby: {
    name: 'the synchronous standby frozen for 40 s',
    seconds: 40,
    begin: (cluster, _leader, standby) => cluster.signal(standby, 'SIGSTOP'),
    end: (cluster, _leader, standby) => cluster.signal(standby, 'SIGCONT'),
  },
  etcd: {
    name: 'every etcd frozen for 40 s',
    seconds: 40,
    begin: (cluster) => each((machine) => cluster.signal(machine, 'SIGSTOP', 'etcd ')),
    end: (cluster) => each((machine) => cluster.signal(machine, 'SIGCONT', 'etcd ')),
  },
};

/** Starts the service's processes; answers their addresses by way. */
async function startServices(cluster, names) {
  const ways = {};
  let port = 3_000;
  for (const way of names) {
    ways[way] = [];
    for (let count = 0; count < 2; count++) {
      const env = { ...process.env, DATABASE_URL: WAYS[way], ADMIN_KEY, PORT: String(++port), ...SETTINGS };
      const command = [process.execPath, here('../../build/dist/src/main.js')];
      cluster.run('app', `service-${way}-${count}`, command, [], { env });
      ways[way].push(`http://127.0.0.1:${port}`);
    }
  }
  const isReady = (url) => {
    try {
      return cluster.ask(['curl', '-sf', '-m', '2', `${url}/ready`]) !== undefined;
    } catch {
      return false;
    }
  };
  await until(() => Object.values(ways).flat().every(isReady), 'Every service');
  return ways;
}

/** Runs the load, does one fault in the middle of it and answers what was seen. */
async function trial(cluster, ways, fault, provider) {
  const answered = [];
  let summary;
  const SHAPE = JSON.stringify({ ways, provider, adminKey: ADMIN_KEY, limits: LIMITS, ...CLIENTS });
  const stdio = ['pipe', 'pipe', 'inherit'];
  const load = cluster.run('app', 'load', [process.execPath, here('load.mjs')], [], {
    stdio,
    env: { ...process.env, SHAPE },
  });
  const ended = once(load, 'exit');
  const started = new Promise((done) => {
    readline.createInterface({ input: load.stdout }).on('line', (text) => {
      const line = JSON.parse(text);
      if (line.limited) done(line.limited);
      else if (line.statuses) summary = line;
      else answered.push(line);
    });
  });
  const limited = await Promise.race([started, ended]);
  await pause(BEFORE_MS);
  const before = cluster.members();
  const leader = before.find(({ role }) => role === 'leader').name;
  const standby = before.find(({ role }) => role === 'sync_standby').name;
  const begunAt = Date.now();
  fault.begin(cluster, leader, standby);
  await pause(fault.seconds * 1_000);
  const meanwhile = cluster.leader();
  fault.end?.(cluster, leader, standby);
  await pause(AFTER_MS);
  load.stdin.end();
  await ended;
  await until(() => cluster.isWhole(), 'A whole cluster', 180);
  return { limited, answered, ...summary, begunAt, leaders: [leader, meanwhile, cluster.leader()] };
}

/** The longest time in which some process of a way answered no redemption, from the fault on, in seconds. */
function longestGap(answered, urls, begunAt) {
  return Math.max(
    ...urls.map((url) =>
      gapOf(
        answered.filter((line) => line.url === url).map(({ at }) => at),
        begunAt,
      ),
    ),
  );
}

function gapOf(times, begunAt) {
  const since = [begunAt, ...times.filter((at) => at >= begunAt).sort((a, b) => a - b)];
  return Math.max(...since.slice(1).map((at, index) => at - since[index])) / 1_000;
}

/** What the database has of a provider: its orders, and what was used of each limit. */
function found(cluster, provider, limited) {
  const ask = (statement) => cluster.sql('offerbook', statement).split('\n');
  const orders = new Set(ask(`select order_id from redemptions where provider_id = '${provider}'`));
  const counter = (kind, name) =>
    ask(
      `select coalesce(sum(used), 0), coalesce(max(used), 0) from usage_counters
       where provider_id = '${provider}' and kind = '${kind}' and subject = '${limited[name]}'`,
    )[0]
      .split('|')
      .map(Number);
  const [total] = counter('promotion', 'total');
  const [code] = counter('code', 'code');
  const [budget] = counter('budget', 'budget');
  const [ofAll, ofOne] = counter('promotion_customer', 'customer');
  return { orders, used: { total, code, budget, perCustomer: ofOne, customers: ofAll } };
}

const HEAD = [
  ...['fault', 'no answer for', 'answered / found', 'lost', 'no webhook for'],
  `total of ${LIMITS.total}, code of ${LIMITS.code}, budget of ${LIMITS.budget}, customers of ${LIMITS.perCustomer * LIMITS.customers}`,
  ...['reconcile', 'leaders', 'answers'],
];

function printRow(cells) {
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}

async function main() {
  const { values } = parseArgs({
    options: { faults: { type: 'string' }, ways: { type: 'string' }, etcd3: { type: 'boolean' } },
  });
  const names = values.faults?.split(',') ?? Object.keys(FAULTS);
  const cluster = await startCluster(values.etcd3 ? 'etcd3' : 'etcd');
  const stop = () => cluster.stop().then(() => process.exit(1));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    cluster.sql('postgres', "create role offerbook login password 'trial'");
    cluster.sql('postgres', 'create database offerbook owner offerbook');
    const ways = await startServices(cluster, values.ways?.split(',') ?? Object.keys(WAYS));
    printRow(HEAD);
    printRow(HEAD.map(() => '---'));
    for (const name of names) {
      const provider = `trial-${name}`;
      const fault = FAULTS[name];
      const { limited, answered, statuses, toldAt, untold, begunAt, leaders } = await trial(
        cluster,
        ways,
        fault,
        provider,
      );
      const state = found(cluster, provider, limited);
      let reconciled = 'agrees';
      try {
        cluster.ask([process.execPath, here('../../build/dist/src/reconcile.js')], { DATABASE_URL: WAYS.haproxy });
      } catch (error) {
        reconciled = `differs: ${error.stdout}`;
      }
      const lost = answered.filter(({ order }) => !state.orders.has(order));
      const gaps = Object.entries(ways).map(
        ([way, urls]) => `${way} ${longestGap(answered, urls, begunAt).toFixed(1)} s`,
      );
      const { used } = state;
      printRow([
        fault.name,
        gaps.join(', '),
        `${answered.length} / ${answered.length - lost.length}`,
        lost.length,
        `${gapOf(toldAt, begunAt).toFixed(1)} s, ${untold} not told`,
        `${used.total}, ${used.code}, ${used.budget}, ${used.customers} (${used.perCustomer} each)`,
        reconciled,
        leaders.join(' → '),
        Object.entries(statuses).map(([status, count]) => `${status}: ${count}`),
      ]);
    }
  } finally {
    await cluster.stop();
    if (process.env.KEEP !== undefined) process.stdout.write(`Logs: ${cluster.folder}\n`);
  }
}

await main();
