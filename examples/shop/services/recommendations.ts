import { runService } from './http/process.js';
import { recommendations } from './graphql/recommendations.resolvers.js';

void runService(recommendations);
