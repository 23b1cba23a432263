import { runOn } from '../database';

/** Removes the template and every database that a test file left, then stops the server if the tests started it. */
export default async function globalTeardown(): Promise<void> {
  const server = process.env.TEST_SERVER_URL;
  const template = process.env.TEST_TEMPLATE;
  if (server && template) {
    const left = await runOn(server, 'select datname as name from pg_database where starts_with(datname, $1)', [
      template,
    ]);
    for (const { name } of left) await runOn(server, `drop database if exists "${name}" with (force)`);
  }
  await globalThis.stopTestServer?.();
}
