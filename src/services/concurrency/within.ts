/** Waits for a promise, but only so long: returns `false` where it takes longer. */
export async function within(ms: number, promise: Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, ms, false);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
