import { runService } from './http/process.js';
import { ratings } from './routes/ratings.routes.js';

void runService(ratings);
