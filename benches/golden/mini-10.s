# rustc 1.95.0 (59807616e 2026-04-14)
extract:
	mov	rax, rdi
	mov	dword ptr [rdi + 4], -1082130432
	mov	dword ptr [rdi + 12], -1082130432
	mov	dword ptr [rdi + 20], -1082130432
	mov	rdi, qword ptr [rsi]
	cvtsi2ss	xmm0, rdi
	movss	dword ptr [rax], xmm0
	movzx	ecx, byte ptr [rsi + 28]
	xorps	xmm0, xmm0
	cvtsi2ss	xmm0, ecx
	mov	edx, dword ptr [rsi + 24]
	cvtsi2ss	xmm1, rdx
	movss	dword ptr [rax + 8], xmm0
	movss	dword ptr [rax + 16], xmm1
	mov	edx, edx
	test	rdi, rdi
	je	.LBB0_1
	xorps	xmm0, xmm0
	cvtsi2sd	xmm0, rdx
	mulsd	xmm0, qword ptr [rip + .LCPI0_0]
	xorps	xmm1, xmm1
	cvtsi2sd	xmm1, rdi
	divsd	xmm0, xmm1
	cvtsd2ss	xmm0, xmm0
	movss	dword ptr [rax + 4], xmm0
.LBB0_1:
	cmp	cl, 1
	jbe	.LBB0_2
	mov	rdi, qword ptr [rsi + 16]
	sub	rdi, qword ptr [rsi + 8]
	xorps	xmm0, xmm0
	cvtsi2sd	xmm0, rdi
	lea	esi, [rcx - 1]
	movzx	esi, sil
	xorps	xmm1, xmm1
	cvtsi2sd	xmm1, esi
	divsd	xmm0, xmm1
	cvtsd2ss	xmm0, xmm0
	movss	dword ptr [rax + 12], xmm0
	jmp	.LBB0_4
.LBB0_2:
	test	cl, cl
	je	.LBB0_5
.LBB0_4:
	xorps	xmm0, xmm0
	cvtsi2sd	xmm0, rdx
	movzx	ecx, cl
	xorps	xmm1, xmm1
	cvtsi2sd	xmm1, ecx
	divsd	xmm0, xmm1
	cvtsd2ss	xmm0, xmm0
	movss	dword ptr [rax + 20], xmm0
.LBB0_5:
	ret
update:
	mov	rax, qword ptr [rsi + 16]
	mov	qword ptr [rdi], rax
	cmp	byte ptr [rsi + 24], 0
	je	.LBB1_1
	ret
.LBB1_1:
	mov	edx, dword ptr [rsi]
	movzx	ecx, byte ptr [rdi + 28]
	test	cl, cl
	jne	.LBB1_3
	mov	qword ptr [rdi + 8], rax
.LBB1_3:
	add	dword ptr [rdi + 24], edx
	mov	qword ptr [rdi + 16], rax
	inc	cl
	mov	byte ptr [rdi + 28], cl
	ret
