package dev.plimsoll;

/**
 * @param level error, warn, info or debug
 * @param fileBytes size at which a file is put aside
 * @param files full files kept of each log
 */
record LogSettings(String level, long fileBytes, int files) {}
