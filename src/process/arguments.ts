import { ConfigError } from '../config';

/**
 * Returns what the command line may say, as the variables that say the same; whatever else is refused, lest a mistyped
 * flag does nothing.
 */
export function readArguments(
  argv: readonly string[],
  flags: Readonly<Record<string, string>>,
): Record<string, string> {
  const variables: Record<string, string> = {};
  const rest = argv.slice(2);
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [flag = '', given] = word.split('=', 2);
    const variable = Object.hasOwn(flags, flag) ? flags[flag] : undefined;
    if (variable === undefined) throw new ConfigError([unknown(word, Object.keys(flags))]);
    const value = given ?? rest.shift();
    if (value === undefined || value === '') throw new ConfigError([`${flag} needs a value`]);
    variables[variable] = value;
  }
  return variables;
}

function unknown(word: string, known: readonly string[]): string {
  const usage = known.length === 0 ? 'there are none; variables say the rest' : `there is ${known.join(', ')}`;
  return `${word} is no argument of this command: ${usage}`;
}
