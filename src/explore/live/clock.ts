// The live page's clock: how old a run is, and how long it takes to draw one.
export { systemClock as clock } from '../../ground/clock.js';
