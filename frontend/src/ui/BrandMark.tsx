/** Two collimator blades narrow a beam onto one bright tile. */
export function BrandMark({ size = 20 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" aria-hidden="true" fill="currentColor">
      <path d="M0 1h7v5.2L1.2 10H0z" />
      <path d="M16 1H9v5.2l5.8 3.8H16z" />
      <path d="M5 11h6v4.5H5z" />
    </svg>
  );
}
