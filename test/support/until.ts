/**
 * Waits until a condition holds. It gives up after minutes, which a loaded machine may need and no test is about: what must
 * be quick is measured by the bench.
 */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 120_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('The condition did not come to hold in time');
    await new Promise((done) => setTimeout(done, 20));
  }
}
