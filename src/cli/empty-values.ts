import type { Command } from 'commander';

/**
 * What was given as nothing at all (`--bundle ""`), mostly by a variable of a script that was not set: taken as it is, it would
 * name another file than was meant, or none. Throws an Error that names each flag and argument and says what to do.
 */
export function refuseEmptyValues(command: Command): void {
  const flags = command.options
    .filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli')
    .filter((option) => holdsNothing(command.getOptionValue(option.attributeName())))
    .map(({ flags }) => flags);
  const places = command.registeredArguments
    .filter((_, index) => holdsNothing(command.processedArgs[index]))
    .map((argument) => `<${argument.name()}>`);
  const all = [...places, ...flags];
  if (all.length > 0) throw new Error(all.map((name) => `${name} is empty; give a value, or leave it out`).join('\n'));
}

function holdsNothing(value: unknown): boolean {
  return Array.isArray(value) ? value.some(holdsNothing) : typeof value === 'string' && value.trim() === '';
}
