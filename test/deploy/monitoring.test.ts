import fs from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../src/project-root';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { ADMIN_KEY as KEY, startServices } from '../support/processes/processes';

const read = (file: string) => fs.readFileSync(path.join(projectRoot, file), 'utf8');
const ALERTS = [...read('deploy/prometheus/alerts.yaml').matchAll(/- alert: (\w+)\n\s+expr: (.+)/g)].map(
  ([, name = '', expr = '']) => ({ name, expr }),
);
const PANELS = JSON.parse(read('deploy/grafana/offerbook.json')).panels.flatMap(
  ({ title, targets }: { title: string; targets: { expr: string }[] }) =>
    targets.map(({ expr }) => ({ name: title, expr })),
);

/** As Grafana writes a variable. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana puts the variable in.
const SOURCE = '${datasource}';

/** Functions of PromQL and its words. */
const WORDS = new Set(
  'sum by rate increase histogram_quantile max count le up and or on group_left status route kind state reason outcome version node'.split(
    ' ',
  ),
);

/** The names of metrics in an expression: without strings, labels' values and durations. */
function metricsOf(expr: string): string[] {
  const names = expr.replaceAll(/\{[^}]*\}|\[[^\]]*\]|"[^"]*"/g, '').match(/[a-z][a-z0-9_]*/gi) ?? [];
  return [...new Set(names)].filter((name) => !WORDS.has(name));
}

/** Labels that an expression asks for, by metric. */
function labelsOf(expr: string): [metric: string, label: string][] {
  return [...expr.matchAll(/([a-z0-9_]+)\{([^}]*)\}/g)].flatMap(([, metric = '', selector = '']) =>
    [...selector.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']): [string, string] => [metric, label]),
  );
}

describe('the alerts and the dashboard', () => {
  let database: TestDatabase;
  let shown: string;
  beforeAll(async () => {
    database = await createTestDatabase();
    const [service] = await startServices(1, { DATABASE_URL: database.connectionString, WORKERS: '2' });
    if (service === undefined) throw new Error('No service');
    const send = (path: string, body?: object, provider = 'north') =>
      fetch(`${service.url}${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { Authorization: `Bearer ${KEY}`, 'Offerbook-Provider': provider, 'Content-Type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    try {
      await send('/v1/providers', { id: 'north', name: 'North', timeZone: 'UTC', defaultLanguage: 'en' });
      const quote = { currency: 'EUR', promoCodes: ['NO'], lines: [{ id: 'l', serviceType: 's', unitPrice: '1.00' }] };
      await send('/v1/quote', quote);
      await send('/v1/redemptions', { orderId: 'o', quote });
      shown = await (await fetch(`${service.url}/metrics`)).text();
    } finally {
      await service.stop();
    }
    await database.drop();
  });

  test('there are some of both', () => {
    expect(ALERTS.length).toBeGreaterThan(10);
    expect(PANELS.length).toBeGreaterThan(15);
  });

  test.each([...ALERTS, ...PANELS])('$name: every metric and every label is one that /metrics shows', ({ expr }) => {
    const names = metricsOf(expr);
    expect(names.length + Number(expr.startsWith('up{'))).toBeGreaterThan(0);
    for (const name of names) expect(shown).toMatch(new RegExp(`^${name}[ {]`, 'm'));
    for (const [metric, label] of labelsOf(expr)) {
      if (metric !== 'up') expect(shown).toMatch(new RegExp(`^${metric}\\{[^}]*\\b${label}=`, 'm'));
    }
    for (const [, labels = ''] of expr.matchAll(/by \(([^)]*)\)/g)) {
      for (const label of labels.split(/, */)) expect(shown).toContain(`${label}="`);
    }
  });

  test('the dashboard fits on the grid, names each panel once and asks the source of data that one chooses', () => {
    const { panels, templating, schemaVersion } = JSON.parse(read('deploy/grafana/offerbook.json'));
    expect(schemaVersion).toEqual(expect.any(Number));
    const variables = templating.list.map(({ name, type }: { name: string; type: string }) => `${type} ${name}`);
    expect(variables).toContain('datasource datasource');
    const taken = new Set<string>();
    for (const { gridPos, datasource, targets } of panels) {
      expect(datasource).toEqual({ type: 'prometheus', uid: SOURCE });
      expect(targets.map(({ refId }: { refId: string }) => refId)).toEqual([...'ABCDEF'].slice(0, targets.length));
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken).not.toContain(`${x} ${y}`);
          taken.add(`${x} ${y}`);
        }
      }
    }
    for (const field of ['id', 'title']) {
      const values = panels.map((panel: Record<string, unknown>) => panel[field]);
      expect(new Set(values).size).toBe(panels.length);
    }
  });

  test.each(ALERTS)('docs/operations.md says what to do about $name', ({ name }) => {
    expect(read('docs/operations.md')).toContain(`| \`${name}\` |`);
  });
});
