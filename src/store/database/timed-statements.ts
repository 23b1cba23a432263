import type { Client } from 'pg';

/** Hears that a statement of a kind begins; what it returns hears that it has been answered. */
export type OnStatement = (kind: string) => () => void;

/** What a client is asked: a text, a statement with a name, or a stream. */
type Question = string | { text?: string; name?: string };

/** Says of a connection's statements when they begin and when they are answered; of streams, when they begin. */
export function timeStatements(client: Client, onStatement: OnStatement): void {
  const ask = client.query.bind(client) as (question: Question, ...rest: unknown[]) => unknown;
  client.query = ((question: Question, ...rest: unknown[]) => {
    const end = onStatement(kindOf(question));
    const last = rest.at(-1);
    if (typeof last === 'function') {
      const answered = (...answer: unknown[]): void => {
        end();
        last(...answer);
      };
      return ask(question, ...rest.slice(0, -1), answered);
    }
    const answer = ask(question, ...rest);
    if (answer instanceof Promise) answer.then(end, end);
    return answer;
  }) as typeof client.query;
}

const VERBS = /^\s*(select|insert|update|delete|with|begin|commit|rollback|savepoint|release)\b/i;

/** Returns a statement with a name says its kind before the hash of its text; of others it is the verb. */
function kindOf(question: Question): string {
  const { text = '', name } = typeof question === 'string' ? { text: question } : question;
  if (name !== undefined) return name.slice(0, name.lastIndexOf('_'));
  return VERBS.exec(text.slice(0, 40))?.[1]?.toLowerCase() ?? 'other';
}
