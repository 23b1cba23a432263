import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { projectRoot } from '../../src/project-root';

const FILE = path.join(projectRoot, 'deploy/prometheus/alerts.yaml');

interface Rule {
  alert: string;
  for?: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

const RULES: Rule[] = parse(fs.readFileSync(FILE, 'utf8')).groups.flatMap(({ rules }: { rules: Rule[] }) => rules);

/** Series by their values minute by minute, as promtool writes them, for hours. */
type Series = Record<string, string>;

/** What an alert must fire on, with its labels, and what it must let pass: the same just below, or for too short a time. */
interface Case {
  bad: Series;
  labels?: Record<string, string>;
  good: Series;
}

const grows = (perMinute: number) => `0+${perMinute}x150`;
const stays = (value: number) => `${value}x150`;
/** The value for so many minutes, and then nothing. */
const passes = (value: number, minutes: number) => `0x30 ${value}x${minutes - 1} 0x${150 - 30 - minutes}`;
const requests = (status: number) => `http_request_duration_seconds_count{job="offerbook",status="${status}"}`;
const buckets = (name: string, label: string, below: string, le: string[], counts: number[]): Series =>
  Object.fromEntries(
    le.map((bound, index) => [`${name}_bucket{${label}="${below}",le="${bound}"}`, grows(counts[index] ?? 0)]),
  );

const CASES: Record<string, Case> = {
  OfferbookDown: {
    bad: { 'up{job="offerbook",instance="a"}': stays(0), 'up{job="offerbook",instance="b"}': stays(1) },
    labels: { job: 'offerbook', instance: 'a' },
    good: { 'up{job="offerbook",instance="a"}': stays(1), 'up{job="other",instance="c"}': stays(0) },
  },
  OfferbookErrors: {
    bad: { [requests(200)]: grows(980), [requests(503)]: grows(20) },
    good: { [requests(200)]: grows(995), [requests(503)]: grows(5), [requests(409)]: grows(500) },
  },
  OfferbookSlowQuotes: {
    bad: buckets('http_request_duration_seconds', 'route', '/v1/quote', ['0.25', '0.5', '+Inf'], [970, 1000, 1000]),
    good: buckets('http_request_duration_seconds', 'route', '/v1/quote', ['0.25', '0.5', '+Inf'], [995, 1000, 1000]),
  },
  OfferbookStaleQuotes: {
    bad: { offerbook_stale_quotes_total: grows(1) },
    good: { offerbook_stale_quotes_total: stays(7) },
  },
  OfferbookRulesOutdated: {
    bad: {
      'offerbook_rulebook_outdated_seconds{instance="a"}': stays(11),
      'offerbook_rulebook_outdated_seconds{instance="b"}': stays(0),
    },
    good: { offerbook_rulebook_outdated_seconds: passes(11, 1) },
  },
  OfferbookPoolExhausted: {
    bad: { 'offerbook_database_connections{state="waiting"}': stays(21) },
    good: {
      'offerbook_database_connections{state="waiting"}': stays(20),
      'offerbook_database_connections{state="used"}': stays(99),
    },
  },
  OfferbookSlowStatements: {
    bad: buckets('offerbook_statement_duration_seconds', 'kind', 'record', ['0.5', '1', '+Inf'], [970, 1000, 1000]),
    good: buckets('offerbook_statement_duration_seconds', 'kind', 'insert', ['0.5', '1', '+Inf'], [970, 1000, 1000]),
  },
  OfferbookRedemptionsRefused: {
    bad: {
      'offerbook_redemptions_total{outcome="confirmed"}': grows(70),
      'offerbook_redemptions_total{outcome="price_changed"}': grows(30),
    },
    good: {
      'offerbook_redemptions_total{outcome="confirmed"}': grows(90),
      'offerbook_redemptions_total{outcome="refused"}': grows(10),
    },
  },
  OfferbookExpiredHolds: {
    bad: { offerbook_expired_holds: stays(10_001) },
    good: { offerbook_expired_holds: stays(10_000) },
  },
  OfferbookErasuresOpen: {
    bad: { offerbook_open_erasures: stays(1) },
    good: { offerbook_open_erasures: passes(1, 59) },
  },
  OfferbookDeliveriesOverdue: {
    bad: { offerbook_webhook_deliveries_overdue: stays(1) },
    good: { offerbook_webhook_deliveries_overdue: passes(5, 9) },
  },
  OfferbookWebhooksFailing: {
    bad: { offerbook_webhooks_failing: stays(1) },
    good: { offerbook_webhooks_failing: passes(1, 59) },
  },
  OfferbookWorkersRestart: {
    bad: { offerbook_worker_restarts_total: '0+1x150' },
    good: { offerbook_worker_restarts_total: '0x50 3x100' },
  },
  OfferbookCodesGuessed: {
    bad: { offerbook_promo_code_guesses_refused_total: grows(61) },
    good: { offerbook_promo_code_guesses_refused_total: grows(59) },
  },
  OfferbookEventLoopBusy: {
    bad: { nodejs_eventloop_lag_p99_seconds: stays(0.3) },
    good: { nodejs_eventloop_lag_p99_seconds: passes(0.3, 9) },
  },
};

test('every alert has something to fire on and something to let pass', () => {
  expect(Object.keys(CASES)).toEqual(RULES.map(({ alert }) => alert));
});

const canJudge = spawnSync('promtool', ['--version']).status === 0;

if (!canJudge) {
  test('the alerts: nothing here can judge them', () => {
    process.stderr.write(
      '\nNOT RUN: the test of deploy/prometheus by promtool, because prometheus is not installed.\n',
    );
    expect(canJudge).toBe(false);
  });
} else {
  describe('the alerts, judged by promtool', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'offerbook-alerts-'));
    afterAll(() => fs.rmSync(folder, { recursive: true }));

    /** Looks every five minutes for two and a half hours; answers what promtool says. */
    function judge(rule: Rule, series: Series, fires: object[]): string {
      const file = path.join(folder, `${rule.alert}.json`);
      const times = fires.length > 0 ? ['150m'] : Array.from({ length: 31 }, (_, index) => `${index * 5}m`);
      const tests = [
        {
          interval: '1m',
          input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
          alert_rule_test: times.map((at) => ({ eval_time: at, alertname: rule.alert, exp_alerts: fires })),
        },
      ];
      fs.writeFileSync(file, JSON.stringify({ rule_files: [FILE], evaluation_interval: '1m', tests }));
      const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', file], { encoding: 'utf8' });
      return status === 0 ? 'as expected' : stdout + stderr;
    }

    test('are rules of Prometheus', () => {
      expect(execFileSync('promtool', ['check', 'rules', FILE], { encoding: 'utf8' })).toContain(
        `SUCCESS: ${RULES.length} rules found`,
      );
    });

    test('the queries of the dashboard are PromQL', () => {
      const { panels } = JSON.parse(fs.readFileSync(path.join(projectRoot, 'deploy/grafana/offerbook.json'), 'utf8'));
      const queries: string[] = panels.flatMap(({ targets }: { targets: { expr: string }[] }) =>
        targets.map(({ expr }) => expr.replaceAll('$__rate_interval', '5m')),
      );
      const rules = queries.map((expr, index) => ({ record: `query_${index}`, expr }));
      const file = path.join(folder, 'queries.json');
      fs.writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboard', rules }] }));
      const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', file], { encoding: 'utf8' });
      expect([status, stderr]).toEqual([0, '']);
      expect(stdout).toContain(`${queries.length} rules found`);
    });

    test.each(RULES.map((rule) => [rule.alert, rule] as const))('%s fires on what it is for', (name, rule) => {
      const { bad, labels = {} } = CASES[name] as Case;
      const fired = { exp_labels: { ...rule.labels, ...labels }, exp_annotations: rule.annotations };
      expect(judge(rule, bad, [fired])).toBe('as expected');
    });

    test.each(RULES.map((rule) => [rule.alert, rule] as const))('%s lets pass what is just below', (name, rule) => {
      expect(judge(rule, (CASES[name] as Case).good, [])).toBe('as expected');
    });
  });
}
