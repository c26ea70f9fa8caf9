// Rows of figures as a table for people.

/** One line of a table: texts and figures by column. */
export type Row = Readonly<Record<string, string | number>>;

/** A Markdown table; figures have three significant digits. */
export function formatTable(rows: readonly Row[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cell = (value: string | number | undefined): string =>
    typeof value === 'number'
      ? value >= 1000
        ? String(Math.round(value))
        : Number(value.toPrecision(3)).toString()
      : (value ?? '');
  const lines = [columns, columns.map(() => '---'), ...rows.map((row) => columns.map((column) => cell(row[column])))];
  return `${lines.map((line) => `| ${line.join(' | ')} |`).join('\n')}\n`;
}
