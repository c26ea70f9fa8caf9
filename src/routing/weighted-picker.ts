// Which target group of a forward action gets the next request.

/** Gives positions so that each gets exactly its share over every full round of the weights' sum, spread evenly. */
export interface WeightedPicker {
  /** The next position, or -1 when every weight is zero. */
  next(): number;
}

/**
 * Smooth weighted round robin (as in nginx's upstream module, by its public description): each pick adds every weight to its
 * running value, takes the largest, and subtracts the sum from it. Weights are integers ≥ 0. `start` skips that many
 * picks, so that several workers do not all begin with the same group.
 */
export function createWeightedPicker(weights: readonly number[], start = 0): WeightedPicker {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const positive = weights.flatMap((weight, position) => (weight > 0 ? [position] : []));
  const only = positive[0];
  if (only === undefined) return { next: () => -1 };
  if (positive.length === 1) return { next: () => only };
  const running = weights.map(() => 0);
  const next = (): number => {
    let best = only;
    for (const position of positive) {
      const value = (running[position] ?? 0) + (weights[position] ?? 0);
      running[position] = value;
      if (value > (running[best] ?? 0)) best = position;
    }
    running[best] = (running[best] ?? 0) - total;
    return best;
  };
  for (let skip = start % total; skip > 0; skip--) next();
  return { next };
}
