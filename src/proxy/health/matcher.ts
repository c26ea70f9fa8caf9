// Which status codes of a health check's response mean success.

/** Compiles a matcher: codes and ranges with commas between them, as `200,202-299`. What is neither matches nothing. */
export function compileMatcher(text: string): (status: number) => boolean {
  const ranges = text.split(',').flatMap((part): (readonly [low: number, high: number])[] => {
    const found = /^(\d{3})(?:-(\d{3}))?$/.exec(part.trim());
    return found === null ? [] : [[Number(found[1]), Number(found[2] ?? found[1])]];
  });
  return (status) => ranges.some(([low, high]) => status >= low && status <= high);
}
