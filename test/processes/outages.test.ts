import { type Client, clientOf, createProvider } from '../support/client';
import { runOn } from '../support/database';
import {
  type RestartablePostgres,
  type Service,
  startRestartablePostgres,
  startServices,
} from '../support/processes/processes';
import { cart, cartOf } from '../support/redeem';
import { until } from '../support/until';

const TEN_PERCENT = {
  name: 'Ten percent',
  limits: { total: 1_000 },
  discounts: [{ name: 'Off', value: { type: 'percent', percent: '10' } }],
};

describe('a database that fails', () => {
  let postgres: RestartablePostgres;
  let services: Service[] = [];
  let client: Client;
  let orders = 0;
  beforeAll(async () => {
    postgres = await startRestartablePostgres();
    services = await startServices(1, { DATABASE_URL: postgres.connectionString });
    await createProvider(services[0] as Service, 'north');
    client = clientOf(services, 'north');
    expect((await client.send('/v1/promotions', TEN_PERCENT)).status).toBe(201);
  });
  afterAll(async () => {
    for (const service of services) await service.kill();
    await postgres?.remove();
  });

  const redemption = () => ({ orderId: `order ${++orders}`, quote: cartOf('anna') });
  const redeem = () => client.send('/v1/redemptions', redemption());
  const write = () => client.send('/v1/promotions', { name: 'Other', status: 'draft' });

  test('a database that fails that falls silent without a word is given up: every request that needs it is 503, and later it is found again', async () => {
    // Connections that are open, and statements that are prepared, before it freezes.
    for (const { status } of await Promise.all([redeem(), write(), write(), redeem()])) expect(status).toBe(201);
    postgres.freeze();
    const frozen = await Promise.all([
      redeem(),
      redeem(),
      write(),
      client.send('/v1/quote', cartOf('anna')),
      client.send('/v1/promotions'),
    ]);
    for (const { status, retryAfter } of frozen) expect([status, retryAfter]).toEqual([503, '1']);
    // Connections that are not open yet.
    for (const { status } of await Promise.all([redeem(), write()])) expect(status).toBe(503);
    postgres.thaw();
    expect((await client.persist('/v1/redemptions', redemption())).status).toBe(201);
    expect((await client.persist('/v1/promotions', { name: 'Other', status: 'draft' })).status).toBe(201);
  });

  test('a database that fails that takes no writes is 503, and no connection to it is kept', async () => {
    const ours = async () => {
      const rows = await runOn(
        postgres.connectionString,
        `select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and query !~ 'catalog_version as catalog|due_events|webhook'`,
      );
      return rows.map(({ pid }) => pid);
    };
    const readOnly = async (value: 'on' | 'off') => {
      await runOn(postgres.connectionString, `alter system set default_transaction_read_only = ${value}`);
      await runOn(postgres.connectionString, 'select pg_reload_conf()');
      const isSet = async () =>
        (await runOn(postgres.connectionString, 'show default_transaction_read_only'))[0]
          ?.default_transaction_read_only === value;
      await until(isSet);
    };
    expect((await write()).status).toBe(201);
    const before = await ours();
    expect(before).not.toEqual([]);
    await readOnly('on');
    for (let n = 0; n < 12; n++) {
      for (const answer of [await write(), await redeem()])
        expect([answer.status, answer.retryAfter]).toEqual([503, '1']);
    }
    await until(async () => !(await ours()).some((pid) => before.includes(pid)));
    expect((await client.send('/v1/quote', cart())).status).toBe(200);
    // Whoever may write in a session may do so after `set transaction read write`; the setting is only the default.
    await readOnly('off');
    expect((await client.persist('/v1/redemptions', redemption())).status).toBe(201);
  });
});
