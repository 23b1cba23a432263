import { once } from 'node:events';
import { type AddressInfo, connect as connectTo, createServer, type Socket } from 'node:net';
import { connect, type PoolOptions } from '../../../src/store/database/connection';
import { createTestDatabase, type TestDatabase } from '../../support/database';

const SILENT_MS = 200;
const patient = { pool: 1, silentMs: SILENT_MS, mayTakeLong: true };
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

async function withPool<T>(address: string, options: PoolOptions, use: (db: TestDatabase['db']) => Promise<T>) {
  const db = connect(address, options);
  try {
    return await use(db);
  } finally {
    await db.destroy();
  }
}

/** A proxy before the database that can fall silent, also towards who comes anew. */
async function withProxy(use: (address: string, freeze: () => void) => Promise<void>): Promise<void> {
  const url = new URL(database.connectionString);
  const port = Number(url.port || 5432);
  const folder = url.searchParams.get('host');
  const sockets = new Set<Socket>();
  let isFrozen = false;
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    if (isFrozen) return;
    const behind = folder?.startsWith('/')
      ? connectTo(`${folder}/.s.PGSQL.${url.searchParams.get('port') ?? port}`)
      : connectTo(port, folder ?? url.hostname);
    sockets.add(behind.on('error', () => undefined));
    socket.pipe(behind).pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = new URL(url);
  for (const name of ['host', 'port']) address.searchParams.delete(name);
  address.hostname = '127.0.0.1';
  address.port = String((server.address() as AddressInfo).port);
  const freeze = (): void => {
    isFrozen = true;
    for (const socket of sockets) socket.unpipe();
  };
  try {
    await use(address.href, freeze);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}

const long = `select pg_sleep(${(5 * SILENT_MS) / 1_000}), 7 as answer`;

test('a statement that takes long is given up where none may', async () => {
  const options = { pool: 1, silentMs: SILENT_MS };
  await withPool(database.connectionString, options, async (db) => {
    await expect(db.raw(long)).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  });
});

test('a statement that takes long is waited for as long as the server says that it works on it', async () => {
  await withPool(database.connectionString, patient, async (db) => {
    expect((await db.raw(long)).rows).toMatchObject([{ answer: 7 }]);
    // And so is the next one.
    expect((await db.raw(long)).rows).toMatchObject([{ answer: 7 }]);
  });
});

test('a server that no longer answers anybody is given up all the same', async () => {
  await withProxy((address, freeze) =>
    withPool(address, patient, async (db) => {
      await db.raw('select 1');
      freeze();
      await expect(db.raw('select 2')).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    }),
  );
});
