export { answer } from './answer.js';
export { type ProblemSchema, describeProblem } from './describe-problem.js';
export { type Problem, PROBLEM_MEDIA_TYPE } from './problem.js';
export { ProblemFilter } from './problem.filter.js';
export { answerRouterError, answerRouterErrors } from './router-error.js';
export { useProblems } from './use-problems.js';
