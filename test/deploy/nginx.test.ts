import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { Problem } from '../../src/http/answers/problem';
import { projectRoot } from '../../src/project-root';
import { until } from '../support/until';

const NGINX = ['/usr/sbin/nginx', '/usr/local/sbin/nginx'].find((file) => fs.existsSync(file));

if (NGINX === undefined) {
  test('deploy/nginx.conf: no nginx is installed', () => {
    process.stderr.write('\nNOT RUN: the test of deploy/nginx.conf, because no nginx is installed on this machine.\n');
    expect(NGINX).toBeUndefined();
  });
} else {
  describe('deploy/nginx.conf', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'offerbook-nginx-'));
    const asked: http.IncomingMessage[] = [];
    const held: http.ServerResponse[] = [];
    /** Stands for the service; what is asked of `/held` it keeps waiting. */
    const upstream = http.createServer((request, response) => {
      asked.push(request);
      if (request.url === '/held') held.push(response);
      else request.resume().once('end', () => response.end('served'));
    });
    let nginx: ChildProcess;
    let url: string;

    beforeAll(async () => {
      const port = await freePort();
      upstream.listen(0, '127.0.0.1');
      await once(upstream, 'listening');
      const config = path.join(folder, 'nginx.conf');
      fs.writeFileSync(config, wrapped(port, (upstream.address() as AddressInfo).port));
      const { stderr, status } = spawnSync(NGINX, ['-t', '-p', folder, '-c', config, '-e', 'stderr'], {
        encoding: 'utf8',
      });
      if (status !== 0) throw new Error(stderr);
      nginx = spawn(NGINX, ['-p', folder, '-c', config, '-e', 'stderr'], { stdio: 'ignore' });
      url = `http://127.0.0.1:${port}`;
      await answering(url);
    });
    afterAll(async () => {
      for (const response of held) response.destroy();
      nginx.kill('SIGQUIT');
      await once(nginx, 'exit');
      upstream.close();
      upstream.closeAllConnections();
      fs.rmSync(folder, { recursive: true });
    });
    beforeEach(() => {
      asked.length = 0;
    });

    /** The file as it stands, apart from names that only Docker knows and the port. */
    function wrapped(port: number, upstreamPort: number): string {
      const conf = fs.readFileSync(path.join(projectRoot, 'deploy/nginx.conf'), 'utf8');
      const here = conf
        .replace(/^resolver .*$/m, '')
        .replace('server offerbook:3000 resolve;', `server 127.0.0.1:${upstreamPort};`)
        .replace('listen 3000;', `listen 127.0.0.1:${port};`);
      const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder};`);
      return `daemon off; pid ${folder}/pid; events {} http { access_log off; ${paths.join(' ')}\n${here}\n}`;
    }

    test.each([
      '/metrics',
      '/metrics/',
      '/METRICS',
      '/metrics?x=1',
      '//metrics',
      '/%6Detrics',
      '/v1/../metrics',
    ])('%s stays inside', async (target) => {
      // Written by hand: fetch would tidy the path up.
      const { status, body } = await raw(url, target);
      expect([status, JSON.parse(body).code]).toEqual([404, 'not_found']);
      expect(asked).toEqual([]);
    });

    test('everything else is handed on, with the address of whoever asks and not the one that he claims', async () => {
      const answer = await fetch(`${url}/v1/quote`, {
        method: 'POST',
        headers: { 'X-Forwarded-For': '203.0.113.9', 'X-Request-Id': 'mine' },
        body: '{}',
      });
      expect(await answer.text()).toBe('served');
      expect(asked[0]?.headers).toMatchObject({ 'x-forwarded-for': '127.0.0.1', 'x-request-id': 'mine' });
    });

    test('bodies end at two megabytes, but a whole catalog may be larger', async () => {
      const body = 'x'.repeat(2_200_000);
      expect((await fetch(`${url}/v1/promotions`, { method: 'POST', body })).status).toBe(413);
      expect((await fetch(`${url}/v1/catalog`, { method: 'PUT', body })).status).toBe(200);
    });

    test('the hundred-and-first connection of an address that is being answered is refused with a problem', async () => {
      const hundred = Array.from({ length: 100 }, () =>
        http.get(`${url}/held`, { agent: false }).on('error', () => {}),
      );
      while (held.length < 100) await once(upstream, 'request');
      const refused = await fetch(`${url}/v1/quote`);
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
      expect(refused.headers.get('content-type')).toBe('application/problem+json');
      expect(((await refused.json()) as Problem).code).toBe('too_many_requests');
      for (const request of hundred) request.destroy();
    });
  });
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function answering(url: string): Promise<void> {
  return until(() =>
    fetch(url).then(
      () => true,
      () => false,
    ),
  );
}

/** Sends a GET with the target as it is written. */
function raw(url: string, target: string): Promise<{ status: number; body: string }> {
  const { hostname, port } = new URL(url);
  return new Promise((done, fail) => {
    http
      .get({ hostname, port, path: target, agent: false }, (answer) => {
        let body = '';
        answer.on('data', (part) => {
          body += part;
        });
        answer.on('end', () => done({ status: answer.statusCode ?? 0, body }));
      })
      .on('error', fail);
  });
}
