# Linked last into every image: the length 0 that ends .eh_frame.
	.section .eh_frame,"a",@unwind
	.long 0
	.section .note.GNU-stack,"",@progbits
