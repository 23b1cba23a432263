import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Knex } from 'knex';
import { closeGracefully } from '../../src/process/shutdown';
import { ADMIN_KEY, type Api, startApi } from '../support/api';

describe('an orderly stop', () => {
  let api: Api;
  let server: http.Server;
  let agent: http.Agent;
  let lock: Knex.Transaction;
  beforeAll(async () => {
    api = await startApi();
    await api.createProvider('north');
  });
  afterAll(() => api.drop());
  beforeEach(async () => {
    agent = new http.Agent({ keepAlive: true });
    server = http.createServer(api.app);
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    lock = await api.db.transaction();
    await lock.raw('lock table tags in exclusive mode');
  });
  afterEach(async () => {
    agent.destroy();
    if (!lock.isCompleted()) await lock.rollback();
  });

  /** Sends a request on a connection that is kept alive. */
  function send(method: string, path: string, body?: object): Promise<number> {
    const { port } = server.address() as AddressInfo;
    const headers = {
      Authorization: `Bearer ${ADMIN_KEY}`,
      'Offerbook-Provider': 'north',
      'Content-Type': 'application/json',
    };
    return new Promise((done, fail) => {
      const request = http.request({ agent, host: '127.0.0.1', port, method, path, headers }, (response) => {
        response.resume().on('end', () => done(response.statusCode ?? 0));
      });
      request.on('error', fail);
      request.end(body && JSON.stringify(body));
    });
  }

  /** Resolves once the write waits for the lock. */
  async function isWaiting(): Promise<void> {
    for (;;) {
      const { rows } = await api.db.raw(
        `select 1 from pg_locks l join pg_database d on d.oid = l.database
         where d.datname = current_database() and not l.granted`,
      );
      if (rows.length > 0) return;
    }
  }

  test('a request in flight is answered, idle connections are closed, new ones are refused', async () => {
    await Promise.all([send('GET', '/health'), send('GET', '/health'), send('GET', '/health')]);
    const inFlight = send('POST', '/v1/tags', { name: 'fast' });
    await isWaiting();
    const address = server.address();
    const stopped = closeGracefully(server, 20_000);
    expect(address).not.toBeNull();
    const { port } = address as AddressInfo;
    await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow();
    await lock.rollback();
    expect(await inFlight).toBe(201);
    await stopped;
    expect((await api.as('north').get('/v1/tags')).body.items).toMatchObject([{ name: 'fast' }]);
  });

  test('a request that takes too long is cut off', async () => {
    const inFlight = send('POST', '/v1/tags', { name: 'slow' });
    await isWaiting();
    const cut = expect(inFlight).rejects.toThrow();
    await closeGracefully(server, 200);
    await cut;
  });
});
