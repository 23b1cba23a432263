/**
 * Three machines with etcd, Patroni and PostgreSQL, and one with haproxy, as deploy/ha has them: each is a network
 * namespace with files of its own, all of them on one bridge. Needs root and Debian's packages.
 */
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const CONFIG = fileURLToPath(new URL('../../deploy/ha', import.meta.url));
export const MACHINES = ['db-1', 'db-2', 'db-3'];
const PASSWORD = 'trial';
/** The machine of the services and of haproxy; the bridge has a namespace of its own. */
const APP = 'app';
const NET = 'net';

const ip = (...args) => execFileSync('ip', args, { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
/** Which file of a machine another one takes the place of. */
const bind = (from, to) => `mount --bind ${from} ${to}`;

/** Waits until something is so; fails after the given seconds. */
export async function until(isSo, what, seconds = 60) {
  for (const deadline = Date.now() + seconds * 1_000; Date.now() < deadline; await pause(200)) {
    if (await isSo()) return;
  }
  throw new Error(`${what} did not come about within ${seconds} s`);
}

/** Starts everything; `dcs` is the section of patroni.yml for etcd. */
export async function startCluster(dcs = 'etcd') {
  const prefix = `ob${process.pid}-`;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'offerbook-failover-'));
  fs.chmodSync(folder, 0o755);
  const cluster = new Cluster(prefix, folder);
  try {
    cluster.layCables();
    cluster.writeFiles(dcs);
    for (const machine of MACHINES) cluster.startMachine(machine);
    cluster.run(APP, 'haproxy', ['haproxy', '-db', '-f', `${folder}/haproxy.cfg`]);
    await until(async () => cluster.isWhole(), 'A leader with two standbys', 120);
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

class Cluster {
  constructor(prefix, folder) {
    Object.assign(this, { prefix, folder });
    this.spaces = [NET, APP, ...MACHINES];
  }

  layCables() {
    for (const name of this.spaces) ip('netns', 'add', this.prefix + name);
    this.inNet('link', 'add', 'bridge', 'type', 'bridge');
    this.inNet('link', 'set', 'bridge', 'up');
    const hosts = ['127.0.0.1 localhost'];
    for (const [index, name] of [APP, ...MACHINES].entries()) {
      const space = this.prefix + name;
      this.inNet('link', 'add', name, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', space);
      this.inNet('link', 'set', name, 'master', 'bridge', 'up');
      ip('-n', space, 'addr', 'add', `10.73.0.${10 + index}/24`, 'dev', 'eth0');
      ip('-n', space, 'link', 'set', 'lo', 'up');
      ip('-n', space, 'link', 'set', 'eth0', 'up');
      hosts.push(`10.73.0.${10 + index} ${name}`);
    }
    fs.writeFileSync(`${this.folder}/hosts`, `${hosts.join('\n')}\n`);
  }

  inNet(...args) {
    return ip('-n', this.prefix + NET, ...args);
  }

  /** The files of deploy/ha, with the machine's name and the passwords. */
  writeFiles(dcs) {
    const read = (name) => fs.readFileSync(path.join(CONFIG, name), 'utf8');
    fs.writeFileSync(`${this.folder}/haproxy.cfg`, read('haproxy.cfg'));
    fs.writeFileSync(`${this.folder}/patroni.yml`, read('patroni.yml').replace(/^etcd:$/m, `${dcs}:`));
    for (const machine of MACHINES) {
      for (const part of ['etcd', 'postgresql']) {
        fs.mkdirSync(`${this.folder}/${machine}/${part}`, { recursive: true });
        execFileSync('chown', ['postgres:postgres', `${this.folder}/${machine}/${part}`]);
      }
      for (const name of ['machine.env', 'etcd.env']) {
        const text = read(name).replaceAll('MACHINE', machine).replaceAll('=PASSWORD', `=${PASSWORD}`);
        fs.writeFileSync(`${this.folder}/${machine}/${name}`, text);
      }
    }
  }

  startMachine(machine) {
    const own = `${this.folder}/${machine}`;
    const asPostgres = ['setpriv', '--reuid=postgres', '--regid=postgres', '--init-groups'];
    const environment = (name) =>
      fs
        .readFileSync(`${own}/${name}`, 'utf8')
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('#'));
    this.run(
      machine,
      'etcd',
      [...asPostgres, 'env', '-i', 'PATH=/usr/bin', ...environment('etcd.env'), 'etcd'],
      [bind(`${own}/etcd`, '/var/lib/etcd')],
    );
    this.run(
      machine,
      'patroni',
      [
        ...asPostgres,
        'env',
        '-i',
        'PATH=/usr/bin:/bin',
        'LANG=C.UTF-8',
        ...environment('machine.env'),
        'patroni',
      ].concat(`${this.folder}/patroni.yml`),
      [
        bind(`${own}/postgresql`, '/var/lib/postgresql'),
        'mount -t tmpfs tmpfs /run/postgresql',
        'chown postgres:postgres /run/postgresql',
      ],
    );
  }

  /** Runs a program on a machine; what it says goes to a file. */
  run(machine, name, command, mounts = [], options = {}) {
    const log = fs.openSync(`${this.folder}/${machine}-${name}.log`, 'a');
    const prelude = ['set -e', bind(`${this.folder}/hosts`, '/etc/hosts'), ...mounts, 'exec "$@"'].join('\n');
    const args = ['netns', 'exec', this.prefix + machine, 'sh', '-c', prelude, 'sh', ...command];
    const child = spawn('ip', args, { stdio: ['ignore', log, log], cwd: this.folder, ...options });
    fs.closeSync(log);
    return child;
  }

  /** Runs a program on the services' machine and answers what it prints. */
  ask(command, environment = {}) {
    const prelude = `${bind(`${this.folder}/hosts`, '/etc/hosts')} && exec "$@"`;
    const args = ['netns', 'exec', this.prefix + APP, 'sh', '-c', prelude, 'sh', ...command];
    const stdio = ['ignore', 'pipe', 'pipe'];
    return execFileSync('ip', args, { encoding: 'utf8', stdio, env: { ...process.env, ...environment } });
  }

  sql(database, statement) {
    const address = `postgresql://postgres:${PASSWORD}@127.0.0.1:5432/${database}`;
    return this.ask(['psql', '-XAtqc', statement, address]).trim();
  }

  /** What the first machine that answers says of all: name, role and state. */
  members() {
    for (const machine of MACHINES) {
      try {
        return JSON.parse(this.ask(['curl', '-s', '-m', '1', `http://${machine}:8008/cluster`])).members;
      } catch {
        // The next one.
      }
    }
    return [];
  }

  leader() {
    return this.members().find(({ role }) => role === 'leader')?.name;
  }

  /** Whether there is a leader that answers on its behalf, with a synchronous standby and another one. */
  isWhole() {
    const members = this.members();
    const roles = members.map(({ role }) => role).sort();
    if (String(roles) !== 'leader,replica,sync_standby') return false;
    if (members.some(({ state }) => state !== 'running' && state !== 'streaming')) return false;
    try {
      return this.sql('postgres', "select count(*) from pg_stat_replication where state = 'streaming'") === '2';
    } catch {
      return false;
    }
  }

  pids(machine, name) {
    const all = ip('netns', 'pids', this.prefix + machine)
      .split('\n')
      .filter(Boolean)
      .map(Number);
    return all.filter((pid) => name === undefined || commandOf(pid).includes(name));
  }

  signal(machine, signal, name) {
    for (const pid of this.pids(machine, name)) {
      try {
        process.kill(pid, signal);
      } catch (error) {
        // It has ended meanwhile.
        if (error.code !== 'ESRCH') throw error;
      }
    }
  }

  /** Takes the machine's cable out, or puts it in again. */
  cable(machine, state) {
    this.inNet('link', 'set', machine, state);
  }

  async stop() {
    for (const name of this.spaces) {
      try {
        await until(() => this.signal(name, 'SIGKILL') ?? this.pids(name).length === 0, `The end of ${name}`, 10);
        ip('netns', 'delete', this.prefix + name);
      } catch (error) {
        if (!String(error).includes('Cannot open network namespace')) process.stderr.write(`${error}\n`);
      }
    }
    if (process.env.KEEP === undefined) fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

function commandOf(pid) {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
