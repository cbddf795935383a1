# about: a program that is one assembler file
        .text
        .globl  main
        .type   main, @function
main:
        pushq   %rbx
        leaq    text(%rip), %rdi
        call    puts@PLT
        movl    $42, %eax
        popq    %rbx
        ret
        .size   main, . - main
        .section .rodata
text:   .asciz  "from assembler alone"
        .section .note.GNU-stack,"",@progbits
