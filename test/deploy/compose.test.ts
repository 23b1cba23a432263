import fs from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { projectRoot } from '../../src/project-root';

const read = (file: string) => fs.readFileSync(path.join(projectRoot, file), 'utf8');
const TEXT = read('docker-compose.yml');
const compose = parse(TEXT, { merge: true });
const SERVICES = Object.entries<Record<string, unknown>>(compose.services);

// It names draft 7 by another address than the validator knows. Strictness is about schemas of one's own.
const { $schema: _, ...schema } = JSON.parse(read('node_modules/dclint/schemas/compose.schema.json'));
const validate = new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(schema);
const problemsOf = (file: object) => (validate(file) ? [] : validate.errors);

describe('docker-compose.yml', () => {
  test('is what the Compose specification takes', () => {
    expect(problemsOf(compose)).toEqual([]);
  });

  test.each([
    ['an unknown key', (file: typeof compose) => Object.assign(file.services.proxy, { port: '3000:3000' })],
    ['a wrong type', (file: typeof compose) => Object.assign(file.services.postgres, { cap_drop: 'ALL' })],
    [
      'an unknown condition',
      (file: typeof compose) => Object.assign(file.services.proxy.depends_on.offerbook, { condition: 'up' }),
    ],
  ])('would not pass with %s', (_name, spoil) => {
    const file = structuredClone(compose);
    spoil(file);
    expect(problemsOf(file)).not.toEqual([]);
  });

  test.each(
    SERVICES,
  )('%s runs without privileges, on a root that it cannot write, within a limit of memory', (_name, service) => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      deploy: { resources: { limits: { memory: expect.any(String), pids: expect.any(Number) } } },
    });
    expect(service).not.toHaveProperty('privileged');
  });

  test('only the proxy has a port, and only on this machine', () => {
    const ports = SERVICES.flatMap(([name, { ports = [] }]) => (ports as string[]).map((port) => `${name} ${port}`));
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Compose puts the variable in.
    expect(ports).toEqual(['proxy 127.0.0.1:${PORT:-3000}:3000']);
  });

  test('what is mounted is there, and what is waited for says when it is well', () => {
    const image = read('Dockerfile');
    for (const [, { volumes = [], depends_on: awaited = {} }] of SERVICES) {
      for (const [source = ''] of (volumes as string[]).map((volume) => volume.split(':'))) {
        if (source.startsWith('.')) expect(fs.existsSync(path.join(projectRoot, source))).toBe(true);
        else expect(compose.volumes).toHaveProperty(source);
      }
      for (const name of Object.keys(awaited as object)) {
        expect(compose.services[name].healthcheck ?? image).toEqual(
          name === 'offerbook'
            ? expect.stringContaining('HEALTHCHECK')
            : expect.objectContaining({ test: expect.any(Array) }),
        );
      }
    }
  });

  test('its variables are those that the service reads, and no secret has a default', () => {
    const config = read('src/config.ts');
    for (const name of Object.keys(compose.services.offerbook.environment)) expect(config).toContain(`'${name}'`);
    for (const secret of ['ADMIN_KEY', 'POSTGRES_PASSWORD']) {
      const uses = [...TEXT.matchAll(new RegExp(`\\$\\{${secret}(\\S*)`, 'g'))].map(([, modifier]) => modifier);
      expect(uses).not.toEqual([]);
      for (const modifier of uses) expect(modifier).toMatch(/^:\?/);
    }
  });
});
