import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { post } from '../../../src/services/webhooks/post';
import { type Client, clientOf, createProvider } from '../../support/client';
import { createTestDatabase, type TestDatabase } from '../../support/database';
import { type Service, startServices } from '../../support/processes/processes';
import { until } from '../../support/until';

const canMake = spawnSync('openssl', ['version']).status === 0;

if (!canMake) {
  test('receivers over HTTPS: nothing here can make certificates', () => {
    process.stderr.write('\nNOT RUN: the test of receivers over HTTPS, because openssl is not installed.\n');
    expect(canMake).toBe(false);
  });
} else {
  describe('a receiver over HTTPS', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'offerbook-https-'));
    const at = (name: string) => path.join(folder, name);
    const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
    const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    const servers: Server[] = [];
    let database: TestDatabase;
    let service: Service;
    let client: Client;

    /** Makes a certificate of an authority for a name, and serves with it; answers the address. */
    async function serve(authority: string, name: string, days: number): Promise<string> {
      const id = `${authority}-${name}-${days}`;
      openssl('req', ...KEY, '-keyout', at(`${id}.key`), '-out', at(`${id}.csr`), '-subj', '/CN=receiver');
      fs.writeFileSync(at(`${id}.names`), `subjectAltName=DNS:${name}`);
      const signed = ['-CA', at(`${authority}.pem`), '-CAkey', at(`${authority}.key`), '-CAcreateserial'];
      const names = ['-days', String(days), '-extfile', at(`${id}.names`)];
      openssl('x509', '-req', '-in', at(`${id}.csr`), ...signed, ...names, '-out', at(`${id}.pem`));
      const pair = { key: fs.readFileSync(at(`${id}.key`)), cert: fs.readFileSync(at(`${id}.pem`)) };
      const server = createServer(pair, (request, response) => request.resume().on('end', () => response.end('taken')));
      servers.push(server.listen(0, '127.0.0.1'));
      await once(server, 'listening');
      return `https://localhost:${(server.address() as AddressInfo).port}/`;
    }

    beforeAll(async () => {
      for (const authority of ['ours', 'unknown']) {
        openssl(
          'req',
          '-x509',
          ...KEY,
          '-days',
          '1',
          '-subj',
          `/CN=${authority}`,
          '-keyout',
          at(`${authority}.key`),
          '-out',
          at(`${authority}.pem`),
        );
      }
      database = await createTestDatabase();
      const env = { DATABASE_URL: database.connectionString, WEBHOOK_ALLOW_PRIVATE: 'true' };
      [service] = (await startServices(1, { ...env, NODE_EXTRA_CA_CERTS: at('ours.pem') })) as [Service];
      await createProvider(service, 'north');
      client = clientOf([service], 'north');
    }, 60_000);
    afterAll(async () => {
      await service?.kill();
      for (const server of servers) {
        server.close();
        server.closeAllConnections();
      }
      await database?.drop();
      fs.rmSync(folder, { recursive: true });
    });

    /** Sends a test to a receiver; answers what its delivery says once it was tried. */
    async function deliveryTo(url: string) {
      const { body: webhook } = await client.send('/v1/webhooks', { url, events: ['redemption.confirmed'] });
      expect((await client.send(`/v1/webhooks/${webhook.id}/test`, {})).status).toBeLessThan(300);
      const deliveries = async () => (await client.send(`/v1/webhooks/${webhook.id}/deliveries`)).body.items;
      await until(async () => (await deliveries())[0]?.attempts > 0);
      return (await deliveries())[0];
    }

    test('with a certificate of an authority in NODE_EXTRA_CA_CERTS gets its events', async () => {
      expect(await deliveryTo(await serve('ours', 'localhost', 1))).toMatchObject({ status: 'delivered' });
    });

    test.each([
      ['that has expired', 'ours', 'localhost', -1, /certificate has expired/],
      ['for another name', 'ours', 'other.example', 1, /does not match certificate's altnames.*other\.example/],
      ['of an unknown authority', 'unknown', 'localhost', 1, /unable to verify|self-signed/],
    ])('with a certificate %s gets nothing, and the delivery says why', async (_name, authority, name, days, why) => {
      const { status, answer } = await deliveryTo(await serve(authority, name, days));
      expect(status).not.toBe('delivered');
      expect(answer.error).toMatch(/^The receiver's certificate is not accepted: /);
      expect(answer.error).toMatch(why);
    });

    test('that speaks no TLS gets nothing', async () => {
      const url = service.url.replace('http:', 'https:');
      const outcome = await post({ url, headers: {}, body: '{}' }, { allowPrivate: true });
      expect(outcome).toEqual({ isDelivered: false, error: expect.stringMatching(/ssl|tls|packet|EPROTO/i) });
    });
  });
}
