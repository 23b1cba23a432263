import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { Client, type ClientBase, type ClientConfig } from 'pg';
import { nameViolated, type Violation } from './errors';
import { serversOf } from './servers';
import { type OnStatement, timeStatements } from './timed-statements';
import { ServerUnfit } from './unreachable';

/** A server that takes longer to accept us is skipped for the next one. */
const CONNECTED_WITHIN_MS = 3_000;

/** How a connection is opened. */
export interface ConnectionOptions extends Omit<ClientConfig, 'connectionString'> {
  /** A connection on which a statement runs and nothing comes back for so long is given up. */
  silentMs?: number | undefined;
  /**
   * Statements may take long: before a connection is given up, the server is asked over another one whether it still works
   * for this one.
   */
  mayTakeLong?: boolean | undefined;
  /** Hears of every statement. */
  onStatement?: OnStatement | undefined;
}

/** A connection of ours; the pool looks at its mark. */
export type MarkedClient = Client & { __knex__disposed?: unknown };

/** The driver's own parts of a connection, which its types leave out. */
interface Driven {
  readyForQuery: boolean;
  connection: { stream: Socket; on(event: 'errorMessage', listen: (error: Violation) => void): void };
}

/** The server to try first, by the address of all: the one that accepted us last, or the next one where that fell silent. */
const lastGood = new Map<string, number>();

/** Says of a connection that it is not to be used again. */
type Mark = (reason: unknown) => void;

/** Those of the open connections, by the address of their server. */
const marks = new Map<string, Set<Mark>>();

/**
 * Opens a connection to the first server of an address that lets us in and, where that is wanted, takes writes; the one
 * that did so last is tried first, unless it has fallen silent since. A connection that can no longer be used marks itself.
 */
export async function openConnection(connectionString: string, options: ConnectionOptions = {}): Promise<MarkedClient> {
  const { addresses, readWrite } = serversOf(connectionString);
  const first = lastGood.get(connectionString) ?? 0;
  let failure: unknown;
  for (let turn = 0; turn < addresses.length; turn++) {
    const index = (first + turn) % addresses.length;
    try {
      const client = await openOne(addresses[index] as string, options, readWrite, () => {
        if (addresses.length > 1) leave(connectionString, addresses, index);
      });
      lastGood.set(connectionString, index);
      return client;
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure;
}

/**
 * Leaves a server that fell silent, with all connections to it. It may still let us in and answer what it reads: a
 * primary that nobody follows any more does, while no commit ever ends.
 */
function leave(connectionString: string, addresses: readonly string[], index: number): void {
  if (lastGood.get(connectionString) === index) lastGood.set(connectionString, (index + 1) % addresses.length);
  for (const mark of marks.get(addresses[index] as string) ?? []) mark('Its server has fallen silent');
}

/** Returns the address of the server that let us in last. */
export function currentAddress(connectionString: string): string {
  const { addresses } = serversOf(connectionString);
  return addresses[lastGood.get(connectionString) ?? 0] as string;
}

async function openOne(
  connectionString: string,
  { silentMs, mayTakeLong, onStatement, ...config }: ConnectionOptions,
  readWrite: boolean,
  onSilent: () => void,
): Promise<MarkedClient> {
  const client: MarkedClient = new Client({
    connectionTimeoutMillis: CONNECTED_WITHIN_MS,
    keepAlive: true,
    ...config,
    connectionString,
  });
  const mark: Mark = (reason) => {
    client.__knex__disposed ??= reason;
  };
  // Without a listener a connection lost in between would end the process; the statement in flight fails anyway.
  client.on('error', mark);
  client.on('end', () => mark('The connection has ended'));
  try {
    await client.connect();
    const name = `offerbook ${randomUUID()}`;
    const works = mayTakeLong === true ? () => isAtWork(connectionString, name) : nobody;
    if (silentMs !== undefined) giveUpSilent(client, silentMs, onSilent, works);
    // A name of its own, which a pooler passes on as well.
    if (mayTakeLong === true) await client.query(`set application_name = '${name}'`);
    if (readWrite) await requireWrites(client);
    leaveReadOnly(client, mark);
    (client as unknown as Driven).connection.on('errorMessage', nameViolated);
    if (onStatement !== undefined) timeStatements(client, onStatement);
    const ofServer = marks.get(connectionString) ?? new Set();
    marks.set(connectionString, ofServer.add(mark));
    client.on('end', () => ofServer.delete(mark));
    return client;
  } catch (error) {
    await close(client);
    throw error instanceof Error && error.message.includes('timeout')
      ? new ServerUnfit('ETIMEDOUT', 'The server does not let us in')
      : error;
  }
}

/** Asks again of each new connection: a standby that is promoted, or a primary that is demoted, keeps its address. */
async function requireWrites(client: Client): Promise<void> {
  const { rows } = await client.query<{ transaction_read_only: string }>('show transaction_read_only');
  if (rows[0]?.transaction_read_only === 'on') throw new ServerUnfit('25006', 'The server takes no writes');
}

/**
 * Gives a connection up on which a statement runs and nothing comes back: a frozen server keeps its connections open. Before
 * that it may be found out whether the server still works.
 */
export function giveUpSilent(client: ClientBase, silentMs: number, onSilent?: () => void, works = nobody): void {
  const driven = client as unknown as Driven;
  const { stream } = driven.connection;
  stream.setTimeout(silentMs);
  // Not as its callback, which is called once: a connection without work is silent as well, and may fall silent later.
  stream.on('timeout', async () => {
    const heard = stream.bytesRead;
    if (driven.readyForQuery) return;
    if ((await works()) || stream.bytesRead > heard) {
      stream.setTimeout(silentMs);
      return;
    }
    onSilent?.();
    stream.destroy(new ServerUnfit('ETIMEDOUT', `The server has been silent for ${silentMs} ms`));
  });
}

const nobody = async (): Promise<boolean> => false;

/** The server says so soon whether it works, or it is away. */
const ASKED_WITHIN_MS = 2_000;

/** Asks over another connection whether the server works for the one of this name. */
async function isAtWork(connectionString: string, name: string): Promise<boolean> {
  const limits = { connectionTimeoutMillis: ASKED_WITHIN_MS, query_timeout: ASKED_WITHIN_MS };
  const asking = new Client({ connectionString, ...limits });
  asking.on('error', () => undefined);
  try {
    await asking.connect();
    // One whose standby is gone waits for it for ever, as it commits.
    const work = `select from pg_stat_activity
      where application_name = $1 and state = 'active' and wait_event is distinct from 'SyncRep'`;
    return (await asking.query(work, [name])).rowCount !== 0;
  } catch {
    return false;
  } finally {
    await close(asking);
  }
}

/** A server that takes no writes is a standby by now: the next connection may lead to the one that took its place. */
function leaveReadOnly(client: Client, mark: Mark): void {
  const { connection } = client as unknown as Driven;
  connection.on('errorMessage', (error) => {
    if (error.code === '25006') mark(error);
  });
}

/** Ends a connection without waiting for a server that may never answer. */
async function close(client: Client): Promise<void> {
  const { connection } = client as unknown as Driven;
  connection.stream.destroy();
  await client.end().catch(() => undefined);
}
