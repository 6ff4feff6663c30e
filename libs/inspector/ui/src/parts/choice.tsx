/** One of several, chosen by its word. */
export function Choice<T extends string>(props: {
  readonly label: string;
  /** Words by value. */
  readonly among: Readonly<Record<T, string>>;
  readonly chosen: T;
  readonly choose: (value: T) => void;
}) {
  const { label, among, chosen, choose } = props;
  return (
    <label>
      {label}
      <select value={chosen} onChange={({ currentTarget }) => choose(currentTarget.value as T)}>
        {Object.entries<string>(among).map(([value, word]) => (
          <option key={value} value={value}>
            {word}
          </option>
        ))}
      </select>
    </label>
  );
}
