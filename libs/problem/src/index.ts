export { answer } from './answer.js';
export { type ProblemSchema, describeProblem } from './describe-problem.js';
export { type Problem, PROBLEM_MEDIA_TYPE } from './problem.js';
export { ProblemFilter } from './problem.filter.js';
export { type Fault, PROBLEM_TABLE, problemKind, type ProblemKind } from './problem-table.js';
export { answerRouterError } from './router-error.js';
export { useProblems } from './use-problems.js';
