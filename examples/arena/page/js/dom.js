// What draws: htm on preact, and the hooks, under one roof.

import { Component, h, render } from "../vendor/preact.js";
import { useCallback, useEffect, useId, useMemo, useRef, useState } from "../vendor/hooks.js";
import htm from "../vendor/htm.js";

export const html = htm.bind(h);
export { Component, render, useCallback, useEffect, useId, useMemo, useRef, useState };
