# rustc 1.95.0 (59807616e 2026-04-14)
extract:
	mov	rax, rdi
	movd	xmm0, dword ptr [rsi + 8]
	pxor	xmm1, xmm1
	punpcklbw	xmm0, xmm1
	punpcklwd	xmm0, xmm1
	cvtdq2ps	xmm0, xmm0
	movlps	qword ptr [rdi], xmm0
	movq	xmm0, qword ptr [rsi]
	punpckldq	xmm0, xmm1
	movdqa	xmm1, xmmword ptr [rip + .LCPI0_0]
	por	xmm0, xmm1
	subpd	xmm0, xmm1
	cvtpd2ps	xmm0, xmm0
	movlpd	qword ptr [rdi + 8], xmm0
	ret
update:
	mov	eax, dword ptr [rsi]
	cmp	byte ptr [rsi + 24], 1
	jne	.LBB1_2
	add	dword ptr [rdi + 4], eax
	inc	byte ptr [rdi + 9]
	ret
.LBB1_2:
	add	dword ptr [rdi], eax
	inc	byte ptr [rdi + 8]
	ret
