import { scenarios as basics } from './scenarios';
import { run, describeOutcome } from './run';
import { callFaults, parsePlan } from './plan';
const cpu = () => {
  const u = process.cpuUsage();
  return (u.user + u.system) / 1000;
};
Error.stackTraceLimit = 0;
async function main() {
  const [, , line] = process.argv;
  if (line) {
    const plan = parsePlan(line);
    const s = basics.find(({ name }) => name === plan.scenario)!;
    const { outcome: goal } = await run(s, []);
    const { outcome, striker } = await run(s, plan.faults, goal.end);
    console.log(striker.trace.join('\n'));
    console.log(describeOutcome(outcome));
    return;
  }
  for (const s of basics) {
    await run(s, []);
    const t = cpu();
    const { outcome, striker } = await run(s, []);
    console.log(s.name, 'cpu', Math.round(cpu() - t), striker.reached, outcome.wrong);
    if (process.env.SHOW) console.log(outcome.end);
    const u = cpu();
    let n = 0;
    for (let i = 1; i < striker.reached.calls; i += 1000) {
      const how = callFaults[((i / 5) | 0) % callFaults.length]!;
      const { outcome: o } = await run(s, [{ call: i, how }], outcome.end);
      n++;
      if (o.wrong.length) console.log(striker.calls[i - 1], describeOutcome(o));
    }
    console.log(s.name, n, 'plans', Math.round((cpu() - u) / n), 'ms each');
  }
}
void main();
