const ATTEMPTS = 5;

/** Whether PostgreSQL ended a transaction in favour of another one (serialization failure, deadlock); the same again may succeed. */
export function isContention(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === '40001' || error.code === '40P01');
}

/** Runs a whole transaction, again where PostgreSQL ended it in favour of another one. */
export async function retryContention<T>(transaction: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transaction();
    } catch (error) {
      if (attempt === ATTEMPTS || !isContention(error)) throw error;
    }
  }
}
