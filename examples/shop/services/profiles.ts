import { storeOf } from './data/stores.js';
import { runService } from './http/process.js';
import { profiles } from './routes/profiles.routes.js';

void runService(profiles(storeOf('profiles')));
