import { type Api, startApi } from '../../support/api';

describe('pages', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.drop());

  /** The addresses of scripts and styles that a page loads. */
  async function filesOf(page: string): Promise<string[]> {
    const { text } = await api.http.get(page).expect(200);
    return [...text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map((match) => match[1] as string);
  }

  test.each([
    '/',
    '/docs',
    '/docs/',
    '/explorer',
    '/storefront',
  ])('%s takes scripts and styles from here alone', async (page) => {
    const answer = await api.http
      .get(page)
      .expect(200)
      .expect('Content-Type', /^text\/html/);
    const policy = answer.headers['content-security-policy'];
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|https?:/);
    expect(answer.headers['cache-control']).toBe('no-cache');
  });

  test.each([
    '/',
    '/docs',
    '/explorer',
    '/storefront',
  ])('every file of %s is there, compressed, and kept for a year', async (page) => {
    const files = await filesOf(page);
    expect(files.length).toBeGreaterThan(1);
    for (const file of files) {
      const answer = await api.http.get(file).set('Accept-Encoding', 'gzip').expect(200);
      expect(answer.headers).toMatchObject({
        'cache-control': 'public, max-age=31536000, immutable',
        'content-encoding': 'gzip',
      });
    }
  });

  test('a browser that has a file is told so', async () => {
    const { headers } = await api.http.get('/openapi.json').expect(200);
    await api.http.get('/openapi.json').set('If-None-Match', String(headers.etag)).expect(304);
  });

  test('what takes no compressed files gets plain ones', async () => {
    const plain = await api.http.get('/openapi.json').set('Accept-Encoding', 'identity').expect(200);
    expect(plain.headers).not.toHaveProperty('content-encoding');
    expect(plain.body.openapi).toBe('3.1.1');
    const small = await api.http.get('/openapi-3.0.json').set('Accept-Encoding', 'br').expect(200);
    expect(small.headers['content-encoding']).toBe('br');
  });

  test('a file of another version is asked for again each time', async () => {
    const answer = await api.http.get('/assets/older/docs/docs.css').expect(200);
    expect(answer.headers['cache-control']).toBe('no-cache');
  });

  test.each([
    '/assets/x/none.js',
    '/assets/x/..%2f..%2fpackage.json',
    '/assets/x/docs/../../package.json',
  ])('%s is not there', async (path) => {
    const answer = await api.http.get(path).expect(404);
    expect(answer.body.code).toBe('not_found');
  });
});
