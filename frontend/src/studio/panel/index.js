import HouseGroup from './house.js';
import Pickers from './pickers.js';
import Refused from './refused.js';

export default {
  __init__: ['tenderwayHouse', 'tenderwayPickers', 'tenderwayRefused'],
  tenderwayHouse: ['type', HouseGroup],
  tenderwayPickers: ['type', Pickers],
  tenderwayRefused: ['type', Refused]
};
