/**
 * Preloaded into every process that a script starts (`--import`): when the script is gone, even by `kill -9`, so is the process.
 * The channel to the parent is what closes then; it does not keep the process alive.
 */
if (process.channel) {
  process.once('disconnect', () => {
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => process.exit(1), 1_500);
  });
  process.channel.unref();
}
