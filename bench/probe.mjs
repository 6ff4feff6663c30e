/**
 * Loaded into every server under measurement (`node --import`), so that the bench can ask it over IPC for the CPU time
 * it has used, or for a CPU profile. Costs nothing while it is not asked.
 */
let session;

process.on('message', async request => {
  try {
    process.send?.({ id: request.id, value: await answer(request.ask) });
  } catch (error) {
    process.send?.({ id: request.id, error: String(error) });
  }
});
// The bench is gone, however it ended: nothing is left behind.
process.on('disconnect', () => process.exit(0));

async function answer(ask) {
  switch (ask) {
    case 'cpu-micros': {
      const { user, system } = process.cpuUsage();
      return user + system;
    }
    case 'profile-start': {
      const { Session } = await import('node:inspector/promises');
      session = new Session();
      session.connect();
      await session.post('Profiler.enable');
      await session.post('Profiler.setSamplingInterval', { interval: 500 });
      return void (await session.post('Profiler.start'));
    }
    case 'profile-stop': {
      const { profile } = await session.post('Profiler.stop');
      session.disconnect();
      return profile;
    }
    default:
      throw new Error(`cannot answer ${ask}`);
  }
}
