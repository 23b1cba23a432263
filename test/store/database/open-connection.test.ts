import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import { openConnection } from '../../../src/store/database/open-connection';
import { createTestDatabase, type TestDatabase } from '../../support/database';
import { startRawServer } from '../../support/processes/receiver';

const SILENT_MS = 200;
const SILENT = `The server has been silent for ${SILENT_MS} ms`;

describe('a connection on which nothing comes back', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  const socketOf = (client: object) => (client as { connection: { stream: Socket } }).connection.stream;

  test('is given up', async () => {
    const client = await openConnection(database.connectionString, { silentMs: SILENT_MS });
    await expect(client.query('select pg_sleep(30)')).rejects.toThrow(SILENT);
  });

  test('is given up also after it had no work for long', async () => {
    const client = await openConnection(database.connectionString, { silentMs: SILENT_MS });
    for (let time = 1; time <= 2; time++) {
      await once(socketOf(client), 'timeout');
      expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    }
    await once(socketOf(client), 'timeout');
    await expect(client.query('select pg_sleep(30)')).rejects.toThrow(SILENT);
  });

  test('leads all others to another server, although this one lets us in', async () => {
    const relays = await Promise.all([startRelay(), startRelay()]);
    const { username, password, pathname } = new URL(database.connectionString);
    const hosts = relays.map(({ url }) => new URL(url).host);
    const address = `postgresql://${username}:${password}@${hosts}${pathname}`;
    const connections = () => relays.map((relay) => relay.connections());
    const first = await openConnection(address, { silentMs: SILENT_MS });
    const second = await openConnection(address, { silentMs: SILENT_MS });
    expect(connections()).toEqual([2, 0]);
    await expect(first.query('select pg_sleep(30)')).rejects.toThrow(SILENT);
    const third = await openConnection(address, { silentMs: SILENT_MS });
    expect(connections()).toEqual([2, 1]);
    // What a pool goes by.
    expect(second).toHaveProperty('__knex__disposed', 'Its server has fallen silent');
    expect(third).not.toHaveProperty('__knex__disposed');
    await Promise.all([second.end(), third.end()]);
    await Promise.all(relays.map((relay) => relay.stop()));
  });

  /** Another address of the database's server. */
  function startRelay() {
    const { hostname, port, searchParams } = new URL(database.connectionString);
    const folder = searchParams.get('host');
    const number = searchParams.get('port') ?? (port || '5432');
    return startRawServer((socket) => {
      const server =
        folder === null ? connect(Number(number), hostname) : connect(path.join(folder, `.s.PGSQL.${number}`));
      server.on('error', () => socket.destroy());
      socket.pipe(server).pipe(socket);
      socket.on('close', () => server.destroy());
    });
  }
});
