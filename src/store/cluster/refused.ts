/** The server, or the schema that lies on it, is not what `DATABASE_DISTRIBUTION` says. */
export class DistributionRefused extends Error {
  constructor(what: string) {
    super(`DATABASE_DISTRIBUTION ${what}`);
  }
}
