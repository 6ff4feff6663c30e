const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const quietMs = 15_000;
/** Steps under way, the innermost last: it alone has the line. */
const open = [];

/**
 * Runs one step with one line for it: a spinner with the elapsed time on a terminal, else a line when it is done
 * (and one every 15 s while it runs, so that a log shows life).
 * @template T
 * @param {string} label
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function task(label, work) {
  const startedAt = Date.now();
  const seconds = () => ((Date.now() - startedAt) / 1000).toFixed(1);
  const live = process.stdout.isTTY === true;
  let frame = 0;
  open.push(label);
  const draw = () => {
    if (open.at(-1) === label)
      process.stdout.write(`\r\x1b[2K${frames[frame++ % frames.length]} ${label} ${seconds()} s`);
  };
  const timer = live
    ? setInterval(draw, 100)
    : setInterval(() => open.at(-1) === label && console.log(`… ${label} ${seconds()} s`), quietMs);
  const close = mark => {
    clearInterval(timer);
    open.splice(open.lastIndexOf(label), 1);
    console.log(`${live ? '\r\x1b[2K' : ''}${mark} ${label} (${seconds()} s)`);
  };
  try {
    const result = await work();
    close('✓');
    return result;
  } catch (error) {
    close('✗');
    throw error;
  }
}
