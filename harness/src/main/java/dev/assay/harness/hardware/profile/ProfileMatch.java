package dev.assay.harness.hardware.profile;

/**
 * The profile chosen for a machine.
 *
 * @param profile the profile
 * @param reason why it was chosen, in words
 */
public record ProfileMatch(HardwareProfile profile, String reason) {}
