// A value that the server knows by itself is not asked of the client.
import type { components } from "./api.d.ts";

type Schemas = components["schemas"];

export const least: Schemas["ShelfCreate"] = { name: "upstairs" };
export const whole: Schemas["ShelfCreate"] = { name: "upstairs", boards: 4 };
export const renamed: Schemas["ShelfUpdate"] = { name: "downstairs" };
// @ts-expect-error: the name has no default
export const missing: Schemas["ShelfCreate"] = { boards: 4 };
