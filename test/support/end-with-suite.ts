import { endPrograms } from './program.js';

// Loaded before every suite (jest's setupFilesAfterEnv): no process outlives the suite that started it.
afterAll(endPrograms);
