"""What is true about a prescription, whoever asks and whatever carries it. Pure: no input or output, no clock, no chance."""
