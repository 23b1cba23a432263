import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Ajv } from 'ajv';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import { Job } from 'kubernetes-models/batch/v1/Job';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { Service } from 'kubernetes-models/v1/Service';
import { projectRoot } from '../../src/project-root';

const CHART = path.join(projectRoot, 'deploy/helm/offerbook');
const GOPATH = '/usr/share/gocode';
const KINDS = { Deployment, HorizontalPodAutoscaler, Job, NetworkPolicy, PodDisruptionBudget, Service };

/** An object as it is rendered; the tests look into it. */
// biome-ignore lint/suspicious/noExplicitAny: what the schemas of Kubernetes say of it is checked.
type Rendered = { kind: keyof typeof KINDS; metadata: { name: string; annotations?: object }; spec: any };

const canRender =
  spawnSync('go', ['version']).status === 0 && fs.existsSync(path.join(GOPATH, 'src/github.com/Masterminds/sprig'));

if (!canRender) {
  test('the Helm chart: nothing here can render it', () => {
    process.stderr.write(
      '\nNOT RUN: the test of deploy/helm, because golang-go and golang-github-masterminds-sprig-dev are not installed.\n',
    );
    expect(canRender).toBe(false);
  });
} else {
  describe('the Helm chart', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'offerbook-chart-'));
    const renderer = path.join(folder, 'render-chart');
    beforeAll(() => {
      const env = { ...process.env, GO111MODULE: 'off', GOPATH, GOCACHE: path.join(folder, 'cache') };
      execFileSync('go', ['build', '-o', renderer, path.join(__dirname, 'render-chart/main.go')], { env });
    });
    afterAll(() => fs.rmSync(folder, { recursive: true }));

    function render(values: object = {}): Map<string, Rendered> {
      const file = path.join(folder, 'values.json');
      fs.writeFileSync(file, JSON.stringify(values));
      const lines = execFileSync(renderer, [CHART, file], { encoding: 'utf8' }).trim().split('\n');
      return new Map(lines.map((line) => JSON.parse(line) as Rendered).map((object) => [object.kind, object]));
    }
    function containerOf(object: Rendered | undefined) {
      const pod = object?.spec.template.spec;
      return { pod, container: pod.containers[0] };
    }

    test.each<[string, object, string[]]>([
      [
        'as it is',
        {},
        ['Deployment', 'HorizontalPodAutoscaler', 'Job', 'NetworkPolicy', 'PodDisruptionBudget', 'Service'],
      ],
      [
        'without what can be left out',
        { autoscaling: { enabled: false }, migration: { enabled: false }, networkPolicy: { enabled: false } },
        ['Deployment', 'PodDisruptionBudget', 'Service'],
      ],
      [
        'with everything',
        {
          image: { digest: `sha256:${'a'.repeat(64)}` },
          imagePullSecrets: [{ name: 'registry' }],
          networkPolicy: {
            from: [{ namespaceSelector: { matchLabels: { name: 'ingress' } } }],
            database: { to: [{ ipBlock: { cidr: '10.1.2.3/32' } }], port: 6432 },
            webhooks: false,
          },
          service: { annotations: { a: 'b' } },
          podAnnotations: { 'prometheus.io/scrape': 'true' },
          nodeSelector: { disk: 'ssd' },
          tolerations: [{ key: 'spot', operator: 'Exists' }],
          affinity: { nodeAffinity: {} },
          database: { distribution: 'citus' },
        },
        ['Deployment', 'HorizontalPodAutoscaler', 'Job', 'NetworkPolicy', 'PodDisruptionBudget', 'Service'],
      ],
    ])('%s is what Kubernetes takes', (_name, values, kinds) => {
      const objects = render(values);
      expect([...objects.keys()].toSorted()).toEqual(kinds);
      for (const [kind, object] of objects) {
        const Kind = KINDS[kind as keyof typeof KINDS] as new (object: object) => { validate(): void };
        expect(() => new Kind(object).validate()).not.toThrow();
      }
    });

    test('nothing runs as root, writes to its image or keeps a capability', () => {
      const objects = render();
      for (const kind of ['Deployment', 'Job']) {
        const { pod, container } = containerOf(objects.get(kind));
        expect(pod).toMatchObject({
          automountServiceAccountToken: false,
          securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
        });
        expect(container.securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        expect(container.resources.limits.memory).toMatch(/Mi|Gi/);
      }
    });

    test('secrets are referred to, and nowhere else', () => {
      const objects = render({ secret: { name: 'mine', databaseUrl: 'url' } });
      for (const kind of ['Deployment', 'Job']) {
        const { env } = containerOf(objects.get(kind)).container;
        expect(env.slice(0, 2)).toEqual([
          { name: 'ADMIN_KEY', valueFrom: { secretKeyRef: { name: 'mine', key: 'ADMIN_KEY' } } },
          { name: 'DATABASE_URL', valueFrom: { secretKeyRef: { name: 'mine', key: 'url' } } },
        ]);
      }
    });

    test('the service and its migration know where the tables lie', () => {
      const objects = render({ database: { distribution: 'citus' } });
      for (const kind of ['Deployment', 'Job'])
        expect(containerOf(objects.get(kind)).container.env).toContainEqual({
          name: 'DATABASE_DISTRIBUTION',
          value: 'citus',
        });
    });

    test('the service is asked what it answers, and its variables are those that it reads', () => {
      const { container } = containerOf(render().get('Deployment'));
      const paths = ['startupProbe', 'livenessProbe', 'readinessProbe'].map((probe) => container[probe].httpGet.path);
      expect(paths).toEqual(['/health', '/health', '/ready']);
      const config = fs.readFileSync(path.join(projectRoot, 'src/config.ts'), 'utf8');
      for (const { name } of container.env) expect(config).toContain(`'${name}'`);
    });

    test('the schema is brought up to date before anything of a release is changed', () => {
      const job = render().get('Job');
      expect(job?.metadata.annotations).toMatchObject({ 'helm.sh/hook': 'pre-install,pre-upgrade' });
      const [, script] = containerOf(job).container.command;
      expect(fs.existsSync(path.join(projectRoot, script))).toBe(true);
    });

    test('a single image is meant where there is a digest', () => {
      const digest = `sha256:${'b'.repeat(64)}`;
      expect(containerOf(render({ image: { digest } }).get('Job')).container.image).toBe(
        `registry.example/offerbook@${digest}`,
      );
    });
  });
}

test('the schema of the values is one, and refuses secrets as values', () => {
  const schema = JSON.parse(fs.readFileSync(path.join(CHART, 'values.schema.json'), 'utf8'));
  const validate = new Ajv({ strictTypes: false, allowUnionTypes: true }).compile(schema.properties.config);
  expect(validate({ LOG_LEVEL: 'info' })).toBe(true);
  expect(validate({ ADMIN_KEY: 'x' })).toBe(false);
  expect(validate({ RATE_LIMIT: 5 })).toBe(false);
  // The migration would not know of it.
  expect(validate({ DATABASE_DISTRIBUTION: 'citus' })).toBe(false);
});
